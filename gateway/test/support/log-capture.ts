// Everything that a gateway logs, kept line by line, and a way to wait for a line that is still to come.

export interface LogLine {
  msg?: string;
  level: number;
  [fact: string]: unknown;
}

export function makeLogCapture() {
  const texts: string[] = [];
  const lines: LogLine[] = [];
  let waiting: { matches: (line: LogLine) => boolean; resolve: (line: LogLine) => void }[] = [];
  return {
    /** What was written, byte for byte. */
    texts,
    lines,
    write(text: string): void {
      texts.push(text);
      const line = JSON.parse(text) as LogLine;
      lines.push(line);
      for (const one of waiting.filter(({ matches }) => matches(line))) {
        waiting = waiting.filter((other) => other !== one);
        one.resolve(line);
      }
    },
    /** Resolves with the next line that matches; lines of the past do not count. */
    next: (matches: (line: LogLine) => boolean): Promise<LogLine> =>
      new Promise((resolve) => {
        waiting.push({ matches, resolve });
      }),
  };
}

/** The line that is written when a request has been answered. */
export function answered(method: string, path: string) {
  return (line: LogLine) => line.msg === 'request' && line['method'] === method && line['path'] === path;
}
