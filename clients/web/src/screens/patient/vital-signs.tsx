export default function VitalSigns(_: Record<string, unknown>) {
	return null;
}
