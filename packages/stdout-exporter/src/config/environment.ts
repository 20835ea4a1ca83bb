/** A variable that is set, with the name it was found under. */
export interface Variable {
  readonly name: string;
  readonly text: string;
}

/** The value of a variable, without white space around it. Empty counts as not set, as in the OpenTelemetry specification. */
export const environment = (name: string): string | undefined => {
  const text = process.env[name]?.trim();
  return text === '' ? undefined : text;
};

/** The variable of a setting of ours; the second prefix is the one that earlier exporters of this format read. */
export const environmentOf = (setting: string): Variable | undefined => {
  for (const prefix of ['OTLP_STDOUT_EXPORTER_', 'OTLP_STDOUT_SPAN_EXPORTER_']) {
    const text = environment(prefix + setting);
    if (text !== undefined) return { name: prefix + setting, text };
  }
  return undefined;
};
