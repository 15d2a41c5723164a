// What mqtt.js asks of Node's `process` where there is none.
const known = globalThis as unknown as { process?: { nextTick?: unknown } };
known.process ??= { nextTick: (work: () => void) => queueMicrotask(work) };

export {};
