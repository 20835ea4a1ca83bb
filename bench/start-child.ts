/** Imports the modules it is given, and tells the CPU time of that in microseconds. */
const modules = process.argv.slice(2);
const before = process.cpuUsage();
await Promise.all(modules.map((name) => import(name)));
const { user, system } = process.cpuUsage(before);
process.stdout.write(`${user + system}\n`);
