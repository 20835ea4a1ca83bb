/** The URL, if it is one that OTLP/HTTP can use; `undefined` for any other text. */
export const httpUrl = (text: string): URL | undefined => {
  if (!URL.canParse(text)) return undefined;
  const url = new URL(text);
  const usable = (url.protocol === 'http:' || url.protocol === 'https:') && url.hostname !== '';
  return usable && isDecodable(url.username) && isDecodable(url.password) ? url : undefined;
};

/** Node decodes user and password with every request, and fails with every one where it cannot. */
const isDecodable = (text: string): boolean => {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
};
