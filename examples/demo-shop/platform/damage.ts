/** Passes lines on but changes one character in the payload of the first envelope, as a fault in transit would. */
export const damageFirstEnvelope = (): ((line: string) => string) => {
  let done = false;
  return (line) => {
    const start = line.indexOf('"payload":"');
    if (done || start === -1) return line;
    done = true;
    const at = Math.floor((start + '"payload":"'.length + line.indexOf('"', start + '"payload":"'.length)) / 2);
    return line.slice(0, at) + (line[at] === 'A' ? 'B' : 'A') + line.slice(at + 1);
  };
};
