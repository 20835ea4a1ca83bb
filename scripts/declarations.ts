/** Types of packages that are bundled: from what tsc declares to what is published, for `import` and for `require`. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';

/** Where declarations come from, and what they may refer to. */
export interface DeclarationSources {
  /** What tsc wrote for this package. */
  readonly folder: string;
  /** Packages that its users have, too. */
  readonly peers?: readonly string[];
  /** Packages that are inside the bundle: what a subpath of them is called, and the folder with their declarations. */
  readonly inside?: Readonly<Record<string, string>>;
}

/** tsc leaves the names of sources in declarations. */
const REFERENCE = /(from |import\()'([^']+)'/g;

/** Where a declaration lies: a folder and its path below it, without `.d.ts`. */
interface Place {
  readonly folder: string;
  readonly name: string;
  /** Its name below the destination. */
  readonly target: string;
}

const placeOf = (
  reference: string,
  from: Place,
  { inside = {}, peers = [] }: DeclarationSources,
): Place | undefined => {
  if (reference.startsWith('.')) {
    const path = reference.replace(/\.ts$/, '');
    return {
      folder: from.folder,
      name: posix.join(posix.dirname(from.name), path),
      target: posix.join(posix.dirname(from.target), path),
    };
  }
  for (const [name, folder] of Object.entries(inside)) {
    if (!reference.startsWith(`${name}/`)) continue;
    const path = reference.slice(name.length + 1);
    return { folder, name: path, target: posix.join(posix.basename(name), path) };
  }
  if (peers.includes(reference)) return undefined;
  throw new Error(`${from.name}.d.ts imports what its users do not have: ${reference}`);
};

/** Copies a declaration and everything it refers to, for both forms. @throws {Error} where it refers to what users do not have. */
const copy = (place: Place, sources: DeclarationSources, destination: string, done: Set<string>): void => {
  if (done.has(place.target)) return;
  done.add(place.target);
  const text = readFileSync(join(place.folder, `${place.name}.d.ts`), 'utf8').replace(
    /^\/\/# sourceMappingURL=.*$/m,
    '',
  );
  const file = join(destination, place.target);
  mkdirSync(dirname(file), { recursive: true });
  for (const [declaration, code] of [
    ['.d.ts', '.js'],
    ['.d.cts', '.cjs'],
  ] as const) {
    const written = text.replace(REFERENCE, (whole, before: string, reference: string) => {
      const found = placeOf(reference, place, sources);
      if (found === undefined) return whole;
      copy(found, sources, destination, done);
      const path = posix.relative(posix.dirname(place.target), found.target);
      return `${before}'${path.startsWith('.') ? path : `./${path}`}${code}'`;
    });
    writeFileSync(file + declaration, written);
  }
};

/** Copies the declarations of these entries. @throws {Error} where one refers to what its users do not have. */
export const copyDeclarations = (
  entries: readonly string[],
  sources: DeclarationSources,
  destination: string,
): void => {
  const done = new Set<string>();
  for (const name of entries) copy({ folder: sources.folder, name, target: name }, sources, destination, done);
};
