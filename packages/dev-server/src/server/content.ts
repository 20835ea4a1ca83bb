/** How an OTLP/HTTP body is written. Responses use the same one (OTLP specification, "OTLP/HTTP Response"). */
export type BodyFormat = 'protobuf' | 'json';

/** The media type of each body format. */
export const MEDIA_TYPES: Readonly<Record<BodyFormat, string>> = {
  protobuf: 'application/x-protobuf',
  json: 'application/json',
};

/** Whether the body is compressed, by its `Content-Encoding`; `undefined` for an encoding that OTLP does not define. */
export const isGzipped = (contentEncoding: string | undefined): boolean | undefined => {
  const encoding = (contentEncoding ?? '').trim().toLowerCase();
  if (encoding === 'gzip') return true;
  return encoding === '' || encoding === 'identity' ? false : undefined;
};
