// Instead of "worker-timers", which mqtt.js does not use with timerVariant "native".
export const setInterval = globalThis.setInterval;
export const clearInterval = globalThis.clearInterval;
