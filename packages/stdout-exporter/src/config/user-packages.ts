/** A package of the user's: what it exports, and how to find its own dependencies. */
export interface UserPackage {
  readonly exports: Readonly<Record<string, unknown>>;
  /** A package that this one depends on, or that lies beside it; `undefined` when there is none. */
  readonly find: (name: string) => UserPackage | undefined;
}

type Find = (name: string) => UserPackage | undefined;

/** Finds packages the way a file at `from` would. A package that is there but cannot be loaded is an error that says why. */
const finderFrom = (from: string): Find => {
  const require = process.getBuiltinModule('node:module').createRequire(from);
  return (name) => {
    let path: string;
    try {
      path = require.resolve(name);
    } catch {
      return undefined;
    }
    return { exports: require(path) as UserPackage['exports'], find: finderFrom(path) };
  };
};

/** Finds packages in the folders of the user's program. The first that has one wins. */
export const userPackages = (folders: readonly string[]): Find => {
  const path = process.getBuiltinModule('node:path');
  const finders = folders.flatMap((folder) => [finderFrom(path.join(folder, 'x.js')), finderFrom(folder)]);
  return (name) => {
    for (const find of finders) {
      const found = find(name);
      if (found !== undefined) return found;
    }
    return undefined;
  };
};

/** Something that is called with `new`. */
export type Constructor = new (...args: readonly unknown[]) => unknown;

/** The first of these exports that is there. */
export const constructorOf = ({ exports }: UserPackage, ...names: readonly string[]): Constructor | undefined => {
  const found = names.map((name) => exports[name]).find((value) => typeof value === 'function');
  return found as Constructor | undefined;
};
