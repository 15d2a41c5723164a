// Which screen stands at which address. A screen is loaded when it is first opened.

import { lazy, Suspense, useEffect } from "react";
import { Route, Switch, useLocation } from "wouter";
import { useSession } from "./core/hooks";
import { Loading } from "./parts";
import { Mishap, Unreadable } from "./parts/mishap";
import SignIn from "./screens/signin";
import Today from "./screens/today";
import { Shell } from "./shell";

const Admin = lazy(() => import("./screens/admin"));
const Board = lazy(() => import("./screens/board"));
const Directory = lazy(() => import("./screens/directory"));
const Duty = lazy(() => import("./screens/duty"));
const lock = () => import("./screens/lock");
const Lock = lazy(lock);
const Notification = lazy(() => import("./screens/today/notification"));
const Nowhere = lazy(() => import("./screens/nowhere"));
const Patient = lazy(() => import("./screens/patient"));
const Patients = lazy(() => import("./screens/patients"));
const Requests = lazy(() => import("./screens/requests"));
const Settings = lazy(() => import("./screens/settings"));

export function App() {
	const session = useSession();
	const [location] = useLocation();
	const open = session.kind === "open";
	useEffect(() => {
		// There may be no network when it is wanted.
		if (open) lock().catch(() => undefined);
	}, [open]);
	return (
		<Mishap place={session.kind}>
			<Suspense fallback={<Loading />}>
				{open ? (
					<Shell>
						<Mishap place={location}>
							<Suspense fallback={<Loading />}>
								<Screen />
							</Suspense>
						</Mishap>
					</Shell>
				) : session.kind === "locked" ? (
					<Lock />
				) : session.kind === "signedOut" ? (
					<SignIn />
				) : session.kind === "unreadable" ? (
					<Unreadable />
				) : (
					<Loading />
				)}
			</Suspense>
		</Mishap>
	);
}

function Screen() {
	return (
		<Switch>
			<Route path="/" component={Today} />
			<Route path="/notification/:id" component={Notification} />
			<Route path="/patients" component={Patients} />
			<Route path="/patients/:id/*?" component={Patient} />
			<Route path="/board/*?" component={Board} />
			<Route path="/requests/*?" component={Requests} />
			<Route path="/duty/*?" component={Duty} />
			<Route path="/directory/*?" component={Directory} />
			<Route path="/admin/*?" component={Admin} />
			<Route path="/settings/*?" component={Settings} />
			<Route component={Nowhere} />
		</Switch>
	);
}
