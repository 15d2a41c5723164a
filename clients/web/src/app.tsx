// Which screen stands at which address. A screen is loaded when it is first opened.

import { lazy, Suspense } from "react";
import { Route, Switch } from "wouter";
import { useSession } from "./core/hooks";
import { Waiting } from "./parts";
import SignIn from "./screens/signin";
import Today from "./screens/today";
import { Shell } from "./shell";

const Nowhere = lazy(() => import("./screens/nowhere"));

export function App() {
	const session = useSession();
	if (session.kind !== "open")
		return (
			<Suspense fallback={<Waiting />}>
				<SignIn />
			</Suspense>
		);
	return (
		<Shell>
			<Suspense fallback={<Waiting />}>
				<Switch>
					<Route path="/" component={Today} />
					<Route component={Nowhere} />
				</Switch>
			</Suspense>
		</Shell>
	);
}
