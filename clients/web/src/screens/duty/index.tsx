// Duty: who answers tonight, and the month.

import { Organisations } from "../../core/organisations";
import { Done } from "../../parts/done";
import { Month } from "./month";

export default function Duty() {
	return (
		<Organisations>
			<Done>
				<Month />
			</Done>
		</Organisations>
	);
}
