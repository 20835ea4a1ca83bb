import { describe, expect, it } from 'vitest';
import { type AwsService, endpointOf, isRegion, partitionOf, regionOf } from './aws-json-endpoint.ts';

const FIPS = { AWS_USE_FIPS_ENDPOINT: 'true' };

describe('where AWS is', () => {
  it.each<[AwsService, string, Readonly<Record<string, string>>, string]>([
    ['secretsmanager', 'eu-west-1', {}, 'https://secretsmanager.eu-west-1.amazonaws.com/'],
    ['ssm', 'cn-north-1', {}, 'https://ssm.cn-north-1.amazonaws.com.cn/'],
    ['s3', 'us-gov-west-1', {}, 'https://s3.us-gov-west-1.amazonaws.com/'],
    ['ssm', 'us-iso-east-1', {}, 'https://ssm.us-iso-east-1.c2s.ic.gov/'],
    ['secretsmanager', 'eusc-de-east-1', {}, 'https://secretsmanager.eusc-de-east-1.amazonaws.eu/'],
    ['secretsmanager', 'us-east-1', FIPS, 'https://secretsmanager-fips.us-east-1.amazonaws.com/'],
    ['ssm', 'us-east-2', FIPS, 'https://ssm-fips.us-east-2.amazonaws.com/'],
    ['ssm', 'us-gov-east-1', FIPS, 'https://ssm.us-gov-east-1.amazonaws.com/'],
    ['s3', 'ca-central-1', FIPS, 'https://s3-fips.ca-central-1.amazonaws.com/'],
  ])('%s in %s, %o', (service, region, env, expected) => {
    const found = endpointOf(service, region, env);
    expect('url' in found && found.url.href).toBe(expected);
    expect(found).toMatchObject({ custom: false });
  });

  it('the variables of the SDKs say otherwise, that of the service first, and can be switched off', () => {
    const env = { AWS_ENDPOINT_URL: 'http://all:1', AWS_ENDPOINT_URL_SSM: 'http://ssm:2', ...FIPS };
    const hostOf = (service: AwsService, more = {}, given?: string): unknown => {
      const found = endpointOf(service, 'eu-west-1', { ...env, ...more }, given);
      return 'url' in found ? found.url.host : found;
    };
    expect([hostOf('ssm'), hostOf('secretsmanager'), hostOf('s3')]).toEqual(['ssm:2', 'all:1', 'all:1']);
    expect(hostOf('ssm', { AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: 'true' })).toBe('ssm-fips.eu-west-1.amazonaws.com');
    expect(hostOf('ssm', {}, 'http://given:3')).toBe('given:3');
  });

  it('a variable that holds no URL is told by its name', () => {
    const found = endpointOf('ssm', 'eu-west-1', { AWS_ENDPOINT_URL: 'canary-endpoint' });
    expect(found).toEqual({
      problem: 'AWS_ENDPOINT_URL_SSM or AWS_ENDPOINT_URL does not hold an http:// or https:// URL',
    });
  });

  it('the Region is the given one, or that of the variables', () => {
    expect(regionOf({ AWS_REGION: 'eu-west-1', AWS_DEFAULT_REGION: 'us-east-1' })).toEqual({ region: 'eu-west-1' });
    expect(regionOf({ AWS_REGION: '', AWS_DEFAULT_REGION: 'us-east-1' })).toEqual({ region: 'us-east-1' });
    expect(regionOf({ AWS_REGION: 'eu-west-1' }, 'mx-central-1')).toEqual({ region: 'mx-central-1' });
    expect(regionOf({})).toEqual({ problem: 'needs a Region: set AWS_REGION' });
    expect(regionOf({ AWS_REGION: 'evil.example/' })).toMatchObject({ problem: /does not hold/ });
  });

  it.each(['us-east-1', 'ap-southeast-5', 'us-gov-west-1', 'eu-isoe-west-1', 'eusc-de-east-1', 'il-central-1'])(
    '%s is a Region',
    (region) => expect(isRegion(region)).toBe(true),
  );

  it.each(['', 'us-east', 'us-east-1.evil.example', 'us-east-1/', 'x@evil-a-1', 'US-EAST-1', 'us-east-1\n', '-a-1'])(
    '%j is none',
    (region) => expect(isRegion(region)).toBe(false),
  );

  it('ARNs of a Region begin with its partition', () => {
    const regions = ['eu-west-1', 'cn-north-1', 'us-gov-west-1', 'us-isob-east-1', 'eusc-de-east-1'];
    expect(regions.map(partitionOf)).toEqual(['aws', 'aws-cn', 'aws-us-gov', 'aws-iso-b', 'aws-eusc']);
  });
});
