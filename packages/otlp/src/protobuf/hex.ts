/** The value of each hex digit by its character code; 256 for every other character. */
export const HEX: Uint16Array = new Uint16Array(128).fill(0x100);
for (let digit = 0; digit < 16; digit++) {
  const character = digit.toString(16);
  HEX[character.charCodeAt(0)] = digit;
  HEX[character.toUpperCase().charCodeAt(0)] = digit;
}
