import { schemaRoot } from '@serverless-otlp/testing';
import { Type } from 'protobufjs';
import { expect, it } from 'vitest';
import { isOneof } from './oneof.ts';
import { SCHEMA } from './schema.ts';
import { messageNamed } from './table.ts';

it('knows the messages whose fields with presence are one oneof, as the schema has them', () => {
  const types = new Map<string, Type>();
  const collect = (nested: readonly { readonly name: string }[]): void => {
    for (const object of nested) {
      if (object instanceof Type) types.set(object.name, object);
      if ('nestedArray' in object) collect(object.nestedArray as readonly { readonly name: string }[]);
    }
  };
  collect(schemaRoot().nestedArray);
  for (const name of Object.keys(SCHEMA)) {
    const message = messageNamed(name);
    const oneofs = types.get(name)?.oneofsArray ?? [];
    const real = oneofs.filter((oneof) => !oneof.name.startsWith('_'));
    expect(real.length, name).toBe(isOneof(message) ? 1 : 0);
    const members = (real.length > 0 ? real : oneofs).flatMap(({ oneof }) => oneof);
    expect(
      message.fields
        .filter(({ presence }) => presence)
        .map((field) => field.name)
        .sort(),
      name,
    ).toEqual([...members].sort());
  }
});
