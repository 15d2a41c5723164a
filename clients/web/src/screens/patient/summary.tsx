export default function SummaryPage(_: Record<string, unknown>) {
	return null;
}
