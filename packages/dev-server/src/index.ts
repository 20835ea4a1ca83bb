export { startOtlpServer, type OtlpServer, type OtlpServerOptions } from './server/otlp-server.ts';
export type { Answer, ErrorAnswer, PartialAnswer, Received } from './server/handle.ts';
export { terminalOf, type Style, type Terminal } from './config/terminal.ts';
export { createDevScreen, type DevScreen, type DevScreenOptions } from './viewer/dev-screen.ts';
export { prettyPrinter, type PrettyPrinter } from './viewer/pretty-printer.ts';
export { counted } from './viewer/quantities.ts';
export { visible, visibleJson } from './viewer/visible.ts';
