import { tokenOf, tokenProblem } from './token.ts';

/** Answers of token servers to start from. */
export const seeds: readonly Uint8Array[] = [
  '{"access_token":"eyJhbGciOi.J9-_~+/=","token_type":"Bearer","expires_in":3600,"scope":"a b"}',
  '{"access_token":"t","expires_in":"60"}',
  '{"error":"invalid_client","error_description":"no such client"}',
  '{"__proto__":{"access_token":"t"},"token_type":["bearer"]}',
  '[{"access_token":"t"}]',
].map((text) => Buffer.from(text));

/** An arbitrary answer: a token that can be sent for a bounded time, or a reason of our own words. */
export const fuzz = (bytes: Uint8Array): void => {
  const token = tokenOf(bytes, 0);
  if (token !== undefined) {
    new Headers().set('authorization', `Bearer ${token.value}`);
    if (!(token.expiresAtMs > 0 && token.expiresAtMs <= 86_400_000)) throw new Error(`good until ${token.expiresAtMs}`);
  }
  const { message } = tokenProblem({ status: 400, headers: {}, body: bytes }, 'host');
  if (!/^oauth2\.token_url: host answered 400(?: \([a-z_]+\))?; [\w ,;]+$/.test(message)) throw new Error(message);
};
