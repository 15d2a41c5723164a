// Icons are taken one by one: the package's index has thousands, which the bundler would all read.
declare module "@tabler/icons-react/dist/esm/icons/*.mjs" {
	import type { Icon } from "@tabler/icons-react";
	const icon: Icon;
	export default icon;
}
