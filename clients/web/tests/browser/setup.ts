// One network for all specs: started here, or (TSUNAGI_STATE) one that runs already.

import { System } from "./system";

export default async function setUp(): Promise<(() => Promise<void>) | undefined> {
	if (process.env.TSUNAGI_STATE) return undefined;
	const system = await System.start("city");
	process.env.TSUNAGI_STATE = system.state; // workers inherit it
	return () => system.stop();
}
