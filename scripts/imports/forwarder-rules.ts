import { posix } from 'node:path';
import { COMPONENT_FOLDERS, CONNECTED, FORWARDER_ZONES, LEAVES } from './directions.ts';
import type { Reference } from './references.ts';

/** How a package is imported: what is left of a type costs nothing, what is dynamic costs when it is used. */
type Late = Pick<Reference, 'typeOnly' | 'dynamic'>;

const folderOf = (path: string): string => path.slice(0, path.indexOf('/'));
const isComponentFolder = (path: string): boolean => path.includes('/') && COMPONENT_FOLDERS.includes(folderOf(path));

/**
 * Why `from` may not import `to`, both relative to packages/forwarder/src; `undefined` when it may.
 *
 * A component is a file the package exports on a subpath of its own. The other files of a component folder are private
 * parts, which the components of that folder (and no others) may share.
 */
export const forwarderObjection = (from: string, to: string, components: ReadonlySet<string>): string | undefined => {
  const zone = FORWARDER_ZONES.find((candidate) => candidate.zone.test(from));
  if (zone !== undefined) {
    const free = LEAVES.includes(to) && !LEAVES.includes(from);
    return free || zone.may.test(to) ? undefined : `${zone.says}; this is ${to}`;
  }
  if (!isComponentFolder(from)) return undefined;
  if (LEAVES.includes(to)) return undefined;
  if (components.has(to)) {
    return `a component never imports another component (${to}): take it as an option, config/ passes it in`;
  }
  if (isComponentFolder(to) && folderOf(to) === folderOf(from)) return undefined;
  if (CONNECTED.includes(folderOf(from)) && to.startsWith('http/')) return undefined;
  return `a component imports only types.ts, node: modules, @serverless-otlp/otlp and files of ${folderOf(from)}/; this is ${to}`;
};

/** The one package a file may load when it first needs it: too heavy for a cold start, too much to write anew. */
const LOADED_LATE: Readonly<Record<string, string>> = {
  'dead-letter/s3-store.ts': '@aws-sdk/client-s3',
  'auth/aws-credentials.ts': '@aws-sdk/credential-provider-node',
};

/** The one package a file may import, because config/ loads the file itself only when it is configured. */
const LOADED_WITH: Readonly<Record<string, string>> = { 'auth/sign.ts': '@smithy/signature-v4' };

/** Why a component or the pipeline may not import somebody else's package; `undefined` when it may. */
export const foreignObjection = (from: string, specifier: string, { typeOnly, dynamic }: Late): string | undefined => {
  const guarded = isComponentFolder(from) || FORWARDER_ZONES.some(({ zone }) => zone.test(from));
  if (!guarded || specifier.startsWith('node:') || LOADED_WITH[from] === specifier) return undefined;
  if (LOADED_LATE[from] === specifier)
    return typeOnly || dynamic
      ? undefined
      : `${specifier}: load it with import() on first use (every import is cold start)`;
  return `${specifier}: everything but config/ lives on node: modules and @serverless-otlp/otlp (every import is cold start)`;
};

/** The component files among the subpath exports of packages/forwarder/package.json, relative to its src. */
export const componentsOf = (manifest: { readonly exports?: Readonly<Record<string, unknown>> }): ReadonlySet<string> =>
  new Set(
    Object.keys(manifest.exports ?? {})
      .map((subpath) => `${posix.normalize(subpath)}.ts`)
      .filter(isComponentFolder),
  );
