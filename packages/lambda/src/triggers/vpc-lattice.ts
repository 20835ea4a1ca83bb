import type { Description, Trigger } from '../trigger.ts';
import { describeHttp } from './parts/http.ts';
import { queryOfRaw } from './parts/query.ts';
import { at, type Fields, fieldsOf, textAt } from './parts/read.ts';
import { respondHttp } from './parts/respond.ts';

const describe = (event: Fields, path: string | undefined, parameters: unknown): Description =>
  describeHttp({
    method: textAt(event, 'method'),
    path: path?.split('?', 1)[0],
    query: queryOfRaw(parameters),
    headers: fieldsOf(at(event, 'headers')) ?? {},
  });

/** A request through VPC Lattice, event structure v1. The span's name is the method: there are no routes. */
export const vpcLatticeV1: Trigger<Fields> = {
  name: 'vpc_lattice_v1',
  matches: (event): event is Fields =>
    textAt(event, 'raw_path') !== undefined &&
    textAt(event, 'method') !== undefined &&
    fieldsOf(at(event, 'headers')) !== undefined &&
    at(event, 'is_base64_encoded') !== undefined,
  describe: (event) => describe(event, textAt(event, 'raw_path'), at(event, 'query_string_parameters')),
  respond: respondHttp,
};

/** A request through VPC Lattice, event structure v2. */
export const vpcLatticeV2: Trigger<Fields> = {
  name: 'vpc_lattice_v2',
  matches: (event): event is Fields =>
    textAt(event, 'path') !== undefined &&
    textAt(event, 'method') !== undefined &&
    textAt(event, 'requestContext', 'serviceNetworkArn') !== undefined,
  describe: (event) => describe(event, textAt(event, 'path'), at(event, 'queryStringParameters')),
  respond: respondHttp,
};
