/**
 * Merges encoded requests of one signal into one.
 *
 * The encoding of a message with only repeated fields is the concatenation of the encodings of its parts (protobuf encoding
 * guide, "Last One Wins"), so nothing is decoded and fields newer than our schema survive. Validate each part first: a broken
 * one would spoil the others.
 */
export const mergeBytes = (parts: readonly Uint8Array[]): Uint8Array => {
  const [first] = parts;
  return parts.length === 1 && first !== undefined ? first : Buffer.concat(parts);
};
