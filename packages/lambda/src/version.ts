/** The version of this package, the value of the marker. A test compares it with package.json. */
export const VERSION = '0.1.0';
