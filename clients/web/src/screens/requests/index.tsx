// Requests: will we take this? What is asked of my organisation first, then what we asked of others.

import { Route, Switch } from "wouter";
import { useLive, useMe, type Live } from "../../core/hooks";
import { Organisations } from "../../core/organisations";
import { ListReferralsSchema, ReferralListSchema, type ReferralList } from "../../gen/referral_pb";
import { Done } from "../../parts/done";
import { Detail } from "./detail";
import { List } from "./list";
import { mayRead, mergeReferrals, viewerOf } from "./look";
import { New } from "./new";
import { Open } from "./open";

export default function Requests() {
	const { me } = useMe();
	const { centre } = viewerOf(me);
	const open = useLive("referral", ListReferralsSchema, {}, ReferralListSchema, {
		keep: "requests/open",
		skip: !mayRead(me),
		merge: mergeReferrals,
	});
	const unplaced = useLive(
		"referral",
		ListReferralsSchema,
		{ unplaced: true },
		ReferralListSchema,
		{
			keep: "requests/unplaced",
			skip: !centre,
			merge: mergeReferrals,
		},
	);
	const all = centre && open.data && unplaced.data ? together(open, unplaced) : open;
	return (
		<Organisations>
			<Open.Provider value={all}>
				<Done>
					<Switch>
						<Route path="/requests/new" component={New} />
						<Route path="/requests/:id">{({ id }) => <Detail key={id} id={id} />}</Route>
						<Route component={List} />
					</Switch>
				</Done>
			</Open.Provider>
		</Organisations>
	);
}

/** What stands on the centre's list, and what the centre asked for itself. */
function together(open: Live<ReferralList>, unplaced: Live<ReferralList>): Live<ReferralList> {
	const data = mergeReferrals(unplaced.data, open.data!, false);
	return { ...open, data, from: open.from === "kept" ? "kept" : unplaced.from };
}
