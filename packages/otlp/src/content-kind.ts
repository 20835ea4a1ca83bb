/** The two encodings of OTLP. */
export type ContentKind = 'protobuf' | 'json';

/** Which of the two a `Content-Type` names by its media type; `undefined` for any other. */
export const contentKindOf = (contentType: string | undefined): ContentKind | undefined => {
  if (contentType === 'application/x-protobuf') return 'protobuf'; // nearly always, and on the hot path
  switch (contentType?.split(';', 1)[0]?.trim().toLowerCase()) {
    case 'application/x-protobuf':
      return 'protobuf';
    case 'application/json':
      return 'json';
    default:
      return undefined;
  }
};
