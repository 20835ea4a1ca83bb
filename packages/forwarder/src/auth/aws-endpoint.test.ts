import { describe, expect, it } from 'vitest';
import { awsEndpointOf, awsServiceUrl } from './aws-endpoint.ts';

describe('awsEndpointOf', () => {
  it.each([
    ['xray.us-west-2.amazonaws.com', 'xray', 'us-west-2'],
    ['logs.eu-central-1.amazonaws.com', 'logs', 'eu-central-1'],
    ['monitoring.ap-southeast-5.amazonaws.com', 'monitoring', 'ap-southeast-5'],
    ['XRAY.us-west-2.amazonaws.com', 'xray', 'us-west-2'],
    ['xray.us-west-2.amazonaws.com.', 'xray', 'us-west-2'],
    ['xray-fips.us-east-1.amazonaws.com', 'xray', 'us-east-1'],
    ['monitoring.us-gov-west-1.amazonaws.com', 'monitoring', 'us-gov-west-1'],
    ['logs.us-east-1.api.aws', 'logs', 'us-east-1'],
    ['logs-fips.us-gov-east-1.api.aws', 'logs', 'us-gov-east-1'],
    ['logs.cn-north-1.amazonaws.com.cn', 'logs', 'cn-north-1'],
    ['logs.cn-northwest-1.api.amazonwebservices.com.cn', 'logs', 'cn-northwest-1'],
    ['xray.eusc-de-east-1.amazonaws.eu', 'xray', 'eusc-de-east-1'],
    ['vpce-0a1b2c3d4e5f-abcdefgh.logs.us-east-1.vpce.amazonaws.com', 'logs', 'us-east-1'],
    ['vpce-0a1b2c3d4e5f-abcdefgh-us-east-1a.xray.us-east-1.vpce.amazonaws.com', 'xray', 'us-east-1'],
  ])('knows %s', (host, service, region) => {
    expect(awsEndpointOf(new URL(`https://${host}/v1/traces`))).toEqual({ service, region });
  });

  it.each([
    'collector.example',
    'xray.us-west-2.amazonaws.com.evil.example',
    'evil-xray.us-west-2.amazonaws.com',
    'xray.us-west-2.evilamazonaws.com',
    'x.xray.us-west-2.amazonaws.com',
    'otlp.us-west-2.amazonaws.com',
    'abc.execute-api.us-west-2.amazonaws.com',
    'xray.amazonaws.com',
    'amazonaws.com',
    'vpce-0a1b2c3d4e5f.vpce-svc-0a1b2c3d.us-east-1.vpce.amazonaws.com',
    'my-alb-1234.us-east-1.elb.amazonaws.com',
    '127.0.0.1',
    '[::1]',
  ])('does not know %s', (host) => {
    expect(awsEndpointOf(new URL(`https://${host}/v1/traces`))).toBeUndefined();
  });
});

describe('awsServiceUrl', () => {
  it.each([
    ['eu-west-1', 'https://sts.eu-west-1.amazonaws.com/'],
    ['us-gov-west-1', 'https://sts.us-gov-west-1.amazonaws.com/'],
    ['cn-north-1', 'https://sts.cn-north-1.amazonaws.com.cn/'],
    ['eusc-de-east-1', 'https://sts.eusc-de-east-1.amazonaws.eu/'],
    ['us-iso-east-1', 'https://sts.us-iso-east-1.c2s.ic.gov/'],
    ['us-isob-east-1', 'https://sts.us-isob-east-1.sc2s.sgov.gov/'],
  ])('is regional: %s', (region, url) => {
    expect(awsServiceUrl('sts', 'STS', region, {}).href).toBe(url);
  });

  it('is what the variables of the SDKs say, the one of the service first; empty is unset', () => {
    const all = { AWS_ENDPOINT_URL_STS: 'http://127.0.0.1:1', AWS_ENDPOINT_URL: 'http://127.0.0.1:2' };
    expect(awsServiceUrl('sts', 'STS', 'eu-west-1', all).port).toBe('1');
    expect(awsServiceUrl('sts', 'STS', 'eu-west-1', { ...all, AWS_ENDPOINT_URL_STS: '' }).port).toBe('2');
    expect(awsServiceUrl('ssm', 'SSM', 'eu-west-1', all).port).toBe('2');
  });

  it.each([
    ['us-east-1', 'https://sts-fips.us-east-1.amazonaws.com/'],
    ['us-gov-west-1', 'https://sts.us-gov-west-1.amazonaws.com/'],
    ['cn-north-1', 'https://sts-fips.cn-north-1.amazonaws.com.cn/'],
  ])('is validated for FIPS when that is asked for: %s', (region, url) => {
    expect(awsServiceUrl('sts', 'STS', region, { AWS_USE_FIPS_ENDPOINT: 'true' }).href).toBe(url);
    expect(awsServiceUrl('sts', 'STS', region, { AWS_USE_FIPS_ENDPOINT: 'false' }).host).toMatch(/^sts\./);
  });

  it('is that of AWS when configured endpoints are to be ignored, whatever they hold', () => {
    const all = { AWS_ENDPOINT_URL_STS: 'http://127.0.0.1:1', AWS_ENDPOINT_URL: 'pass word' };
    const ignored = { ...all, AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: 'true' };
    expect(awsServiceUrl('sts', 'STS', 'eu-west-1', ignored).href).toBe('https://sts.eu-west-1.amazonaws.com/');
    expect(awsServiceUrl('sts', 'STS', 'eu-west-1', { ...all, AWS_USE_FIPS_ENDPOINT: 'true' }).port).toBe('1');
  });

  it('is nothing that cannot be asked', () => {
    const files = { AWS_ENDPOINT_URL_STS: 'file:///etc/passwd' };
    expect(() => awsServiceUrl('sts', 'STS', 'eu-west-1', files)).toThrow('AWS_ENDPOINT_URL_STS is not a URL');
  });

  it('names the variable that holds no URL, not what it holds', () => {
    const bad = { AWS_ENDPOINT_URL: 'pass word' };
    expect(() => awsServiceUrl('sts', 'STS', 'eu-west-1', bad)).toThrow(new TypeError('AWS_ENDPOINT_URL is not a URL'));
  });
});
