// Directory: who can be asked now? And every organisation, its people and hours.

import { Route, Switch } from "wouter";
import { Organisations } from "../../core/organisations";
import { Done } from "../../parts/done";
import { Whole } from "./organisation";
import { Search } from "./search";

export default function Directory() {
	return (
		<Organisations>
			<Done>
				<Switch>
					<Route path="/directory/:id">{({ id }) => <Whole key={id} id={id} />}</Route>
					<Route component={Search} />
				</Switch>
			</Done>
		</Organisations>
	);
}
