/** A try with less time than this, in milliseconds, would mostly be given up after the server has taken the data, which it then gets twice. */
export const MIN_TRY_MS = 500;
