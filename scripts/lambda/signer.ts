import { join } from 'node:path';
import type { Plugin } from 'esbuild';
import { repositoryRoot } from '../source-tree.ts';

/** Where the signer's helpers are. Their index makes classes of its own, which esbuild cannot leave out. */
const SERDE: Readonly<Record<string, string>> = {
  'serde/util-hex-encoding/hex-encoding': 'fromHex, toHex',
  'serde/util-utf8/fromUtf8': 'fromUtf8',
  'serde/util-utf8/toUint8Array': 'toUint8Array',
  'serde/is-array-buffer/is-array-buffer': 'isArrayBuffer',
  'serde/writeKey': 'writeKey',
  'transport/hasOwn': 'hasOwn',
};
const SUBMODULES = 'node_modules/@smithy/core/dist-es/submodules';

/** Takes of the signer what signs requests. */
export const smallSigner: Plugin = {
  name: 'small-signer',
  setup: (build) => {
    build.onResolve({ filter: /^@smithy\/core\/serde$/ }, ({ importer, path }) =>
      importer.includes('signature-v4') ? { path, namespace: 'serde', sideEffects: false } : undefined,
    );
    // It writes headers of event streams, and what is signed here are requests.
    build.onLoad({ filter: /signature-v4\/dist-es\/HeaderFormatter\.js$/ }, () => ({
      contents: 'export class HeaderFormatter {}',
    }));
    build.onLoad({ filter: /.*/, namespace: 'serde' }, () => ({
      contents: Object.entries(SERDE)
        .map(([file, names]) => `export { ${names} } from '${join(repositoryRoot, SUBMODULES, `${file}.js`)}';`)
        .join(''),
      resolveDir: repositoryRoot,
    }));
  },
};
