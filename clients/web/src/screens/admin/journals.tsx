// Are the services' journals whole? Each checks its own chain, stretch after stretch. (What the services
// saw of one another is held together by `tsunagi audit verify`.)

import { Button, Progress, Stack, Text } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useAction } from "../../core/hooks";
import { session } from "../../core/session";
import { JournalVerifiedSchema, VerifyJournalSchema } from "../../gen/envelope_pb";
import { Failure } from "../../parts";
import c from "./admin.module.css";

const SERVICES = ["directory", "record", "board", "referral", "rota", "alert"] as const;

interface Chain {
	to: bigint;
	head: bigint;
	faults: { position: bigint; what: string }[];
	done: boolean;
}

async function verify(instance: string, tell: (chain: Chain) => void): Promise<void> {
	const faults: Chain["faults"] = [];
	let from = 1n;
	for (;;) {
		const { body } = await session.client.ask(
			instance,
			VerifyJournalSchema,
			{ from },
			JournalVerifiedSchema,
			{ patienceMs: 60_000 },
		);
		for (const fault of body.faults)
			if (faults.at(-1)?.position !== fault.position) faults.push(fault);
		const done = body.to < from || body.to >= body.head;
		tell({ to: body.to, head: body.head, faults: [...faults], done });
		if (done) return;
		from = body.to + 1n;
	}
}

export function Journals() {
	const { t } = useTranslation("admin");
	const { t: common } = useTranslation();
	const [chains, setChains] = useState<Record<string, Chain>>({});
	const check = useAction(async () => {
		setChains({});
		const shards = session.client.shards
			.filter((one) => one.service === "record")
			.map((one) => one.instance);
		const instances = SERVICES.flatMap((one) =>
			one === "record" && shards.length ? [...new Set(shards)] : [one],
		);
		for (const instance of instances)
			await verify(instance, (chain) => setChains((was) => ({ ...was, [instance]: chain })));
	});
	return (
		<Stack className={c.narrow}>
			<Text>{t("journalsHow")}</Text>
			<div>
				<Button loading={check.busy} onClick={() => void check.run()}>
					{t("verify")}
				</Button>
			</div>
			<Failure error={check.error} />
			<div role="status" aria-busy={check.busy}>
				{Object.entries(chains).map(([instance, chain]) => (
					<div key={instance} className={c.thing}>
						<div>
							<span className={c.name}>{instance}</span>
							<span className={c.second}>
								{!chain.done
									? common("loading")
									: chain.faults.length
										? t("chainBroken", { at: String(chain.faults[0]!.position) })
										: t("chainWhole", { n: Number(chain.head).toLocaleString() })}
							</span>
						</div>
						{!chain.done && (
							<Progress
								w={120}
								value={chain.head ? Number((chain.to * 100n) / chain.head) : 0}
								aria-label={instance}
							/>
						)}
					</div>
				))}
			</div>
		</Stack>
	);
}
