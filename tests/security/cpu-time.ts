const SMALL = 128 * 1024;
const LARGE = 1024 * 1024;

/** What the machine and the rest of an invocation take, in milliseconds of CPU. */
const NOISE_MS = 25;

const cpuMs = async (work: () => Promise<unknown>): Promise<number> => {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
};

/**
 * How many times longer eight times the input takes: 8 when time grows with the input, 64 when with its square. A quadratic
 * megabyte would take minutes, so that nobody has to measure exactly.
 */
export const growth = async (work: (length: number) => Promise<unknown>): Promise<number> => {
  let small = Infinity;
  for (let run = 0; run < 3; run++) small = Math.min(small, await cpuMs(() => work(SMALL)));
  const large = await cpuMs(() => work(LARGE));
  return large / Math.max(small, NOISE_MS);
};

/** What is still linear, with room for a busy machine. */
export const LINEAR = 24;
