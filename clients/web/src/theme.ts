// The visual language: much white, one accent (deep teal), red for urgent only, amber for limited only.

import {
	createTheme,
	defaultVariantColorsResolver,
	type CSSVariablesResolver,
	type MantineColorsTuple,
	type VariantColorsResolver,
} from "@mantine/core";

const teal: MantineColorsTuple = [
	"#effaf8",
	"#dbf2ee",
	"#b3e4dc",
	"#87d4c8",
	"#5fc2b4",
	"#3aa99a",
	"#1f8e81",
	"#0f766e",
	"#0b5f59",
	"#084843",
];

/** What is written on a filled piece can be read in both schemes; Mantine looks at the light one alone. */
const colorsOf: VariantColorsResolver = (input) => {
	const colors = defaultVariantColorsResolver(input);
	if (input.variant !== "filled") return colors;
	const { color = input.theme.primaryColor } = input;
	if (color === input.theme.primaryColor)
		return { ...colors, color: "var(--mantine-primary-color-contrast)" };
	return color.startsWith("var(--t-") ? { ...colors, color: "var(--t-page)" } : colors;
};

export const theme = createTheme({
	variantColorResolver: colorsOf,
	colors: { teal },
	primaryColor: "teal",
	primaryShade: { light: 7, dark: 4 },
	autoContrast: true,
	luminanceThreshold: 0.35,
	fontFamily:
		'system-ui, -apple-system, "Hiragino Sans", "Noto Sans JP", "Noto Sans CJK JP", "Yu Gothic UI", "Yu Gothic", Meiryo, sans-serif',
	fontSizes: { xs: "0.8125rem", sm: "0.875rem", md: "1rem", lg: "1.125rem", xl: "1.25rem" },
	lineHeights: { md: "1.6" },
	headings: { fontWeight: "650" },
	defaultRadius: "md",
	respectReducedMotion: true,
	cursorType: "pointer",
	components: {
		Button: { defaultProps: { size: "md", mih: 44 } },
		ActionIcon: { defaultProps: { size: 44, variant: "subtle" } },
		TextInput: { defaultProps: { size: "md" } },
		PasswordInput: { defaultProps: { size: "md" } },
		NumberInput: { defaultProps: { size: "md" } },
		Textarea: { defaultProps: { size: "md", autosize: true, minRows: 3 } },
		Select: { defaultProps: { size: "md" } },
		SegmentedControl: { defaultProps: { size: "md" } },
		Switch: { defaultProps: { size: "md" } },
		Checkbox: { defaultProps: { size: "md" } },
		Chip: {
			defaultProps: { size: "md" },
			// Of an outlined one the sign is in its own colour: on the page, not on the accent.
			vars: (_theme: unknown, { variant }: { variant?: string }) => ({
				root:
					variant === "outline"
						? { "--chip-size": "44px" }
						: { "--chip-size": "44px", "--chip-color": "var(--mantine-primary-color-contrast)" },
			}),
		},
		Modal: {
			defaultProps: { transitionProps: { duration: 120 }, radius: "md" },
			styles: { title: { lineHeight: 1.4 } },
		},
		// The page's own header is the banner; a dialog has none.
		ModalHeader: { defaultProps: { role: "presentation" } },
		DrawerHeader: { defaultProps: { role: "presentation" } },
		Menu: { defaultProps: { withInitialFocusPlaceholder: false } },
		Drawer: {
			defaultProps: { transitionProps: { duration: 120 } },
			styles: { title: { lineHeight: 1.4 } },
		},
		Paper: { defaultProps: { shadow: undefined } },
	},
});

/** Signals, in both schemes with a contrast of 4.5:1 or more on the page. Never by colour alone. */
export const variables: CSSVariablesResolver = () => ({
	variables: {},
	light: {
		"--t-urgent": "#b42318",
		"--t-urgent-soft": "#fef2f1",
		"--t-limited": "#8a5300",
		"--t-limited-soft": "#fff7e6",
		"--t-available": "#0b5f59",
		"--t-full": "#3f4754",
		"--t-unknown": "#5b6472",
		"--t-quiet": "#5b6472",
		"--t-line": "#e4e7ec",
		"--t-soft": "#f6f7f9",
		"--t-page": "#ffffff",
		"--mantine-color-dimmed": "#5b6472",
		"--mantine-color-error": "#b42318",
	},
	dark: {
		"--t-urgent": "#ff9a8f",
		"--t-urgent-soft": "#3a1512",
		"--t-limited": "#f3c064",
		"--t-limited-soft": "#352705",
		"--t-available": "#7bd3c6",
		"--t-full": "#c6ccd6",
		"--t-unknown": "#a7b0be",
		"--t-quiet": "#a7b0be",
		"--t-line": "#343a44",
		"--t-soft": "#1f242b",
		"--t-page": "#14181d",
		"--mantine-color-dimmed": "#a7b0be",
		"--mantine-color-body": "#14181d",
		"--mantine-color-error": "#ff9a8f",
	},
});
