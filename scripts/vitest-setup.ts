import fc from 'fast-check';

// At a desk properties explore: every run tries other values. CI judges a change, and must give the same answer twice.
if (process.env['CI'] !== undefined) fc.configureGlobal({ seed: 20_261_120 });
