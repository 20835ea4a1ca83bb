/**
 * Where a decoded message keeps the fields that the table does not know, as they came: tags and values, in order.
 * A symbol, so that `JSON.stringify` and loops over keys do not see it and object spread carries it along.
 */
export const UNKNOWN_FIELDS: unique symbol = Symbol('unknownFields');

/** A message in the shape of OTLP/JSON. */
export interface JsonObject {
  [name: string]: unknown;
  /** Several pieces, because joining them one by one would cost the square of their number. */
  [UNKNOWN_FIELDS]?: Uint8Array[];
}
