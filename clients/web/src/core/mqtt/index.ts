// mqtt.js as this page needs it: its client with a websocket of the platform. The package's bundle for
// browsers carries all of Node's streams, every transport and timers in a worker made of a blob (which
// the page's Content-Security-Policy forbids): three times as much script. What its sources import of
// that is replaced by the other files of this folder, see vite.config.ts.

import "./globals";
import type { IClientOptions, MqttClient } from "mqtt";
import Client from "mqtt/lib/client";
import { SocketStream } from "./socket";

export type { MqttClient } from "mqtt";

export function connect(url: string, options: IClientOptions): MqttClient {
	return new Client(() => new SocketStream(url) as never, { timerVariant: "native", ...options });
}
