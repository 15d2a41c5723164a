export default function Medicines(_: Record<string, unknown>) {
	return null;
}
