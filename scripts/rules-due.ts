const numbered = (letter: string, last: number): readonly string[] =>
  Array.from({ length: last }, (_, index) => `${letter}${index + 1}`);

/** Rules that must stand in the title of a test that runs: U, R, C (OTLP over HTTP), J (OTLP/JSON), V (partial success), E, D (docs/specs). */
export const DUE_RULES: readonly string[] = [
  ...numbered('U', 7),
  ...numbered('R', 12),
  ...numbered('C', 17),
  ...numbered('J', 7),
  ...numbered('V', 8),
  ...numbered('E', 6),
  ...['D1', 'D2', 'D3', 'D4', 'D5', 'D5a', 'D6', 'D7', 'D7a', 'D8', 'D9', 'D10'],
  ...['D11', 'D12', 'D13', 'D14', 'D15', 'D16', 'D17', 'D18', 'D19', 'D20', 'D21'],
  ...['D22', 'D22a', 'D22b', 'D23', 'D24', 'D25', 'D26', 'D27', 'D28'],
];

/** Rules that exist and may be cited, but whose part is not built yet. Move one up when its part is. */
export const LATER_RULES: readonly string[] = [];
