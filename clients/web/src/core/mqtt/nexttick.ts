// Instead of "process-nextick-args".
export function nextTick<Args extends unknown[]>(work: (...args: Args) => void, ...args: Args) {
	queueMicrotask(() => work(...args));
}
