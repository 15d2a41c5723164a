// What mqtt.js takes for granted of Node.

import { Buffer } from "buffer/";

const known = globalThis as unknown as { process?: unknown; Buffer?: unknown };
known.process ??= { nextTick: (work: () => void) => queueMicrotask(work) };
known.Buffer ??= Buffer;
