import { Button, Group, Modal, Stack, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { useFocusBack } from "../../parts/focus";

/** Asked before entries that no service has are lost. */
export function Lose({
	says,
	safe,
	goOn,
	cancel,
}: {
	says: string;
	/** How nothing would be lost. */
	safe?: string;
	goOn: () => void;
	cancel: () => void;
}) {
	const { t } = useTranslation("signin");
	const { t: common } = useTranslation();
	useFocusBack();
	return (
		<Modal opened onClose={cancel} title={t("loseTitle")} centered withCloseButton={false}>
			<Stack>
				<Text>{says}</Text>
				{safe && <Text>{safe}</Text>}
				<Group justify="flex-end">
					<Button variant="default" onClick={cancel} data-autofocus>
						{common("cancel")}
					</Button>
					<Button color="red" onClick={goOn}>
						{t("goOn")}
					</Button>
				</Group>
			</Stack>
		</Modal>
	);
}
