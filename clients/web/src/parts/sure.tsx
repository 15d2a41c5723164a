// Asked once more, in place: what will come of it, then the deed or not.

import { Alert, Button, Group, Text } from "@mantine/core";
import { Failure } from ".";

export function Sure(props: {
	text: string;
	yes: string;
	no: string;
	action: { run: () => Promise<boolean>; busy: boolean; error: unknown };
	leave: () => void;
}) {
	const { text, yes, no, action, leave } = props;
	return (
		<Alert color="gray" variant="light" flex="1 0 100%">
			<Text mb="sm">{text}</Text>
			<Group gap="xs">
				<Button loading={action.busy} onClick={() => void action.run()}>
					{yes}
				</Button>
				<Button variant="default" onClick={leave}>
					{no}
				</Button>
			</Group>
			<Failure error={action.error} />
		</Alert>
	);
}
