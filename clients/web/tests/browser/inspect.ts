// What is wrong with a page as it stands: for those who listen (axe), and for those who look: text that
// is cut, a page wider than the screen, targets too small for a thumb.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { AxeResults } from "axe-core";
import type { Page } from "@playwright/test";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** Each violation in a line. The page may not load scripts, so axe comes through the debugger. */
export async function axeFaults(page: Page): Promise<string[]> {
	if (!(await page.evaluate(() => "axe" in window))) await page.evaluate(AXE);
	const results = (await page.evaluate(
		`axe.run(document, { resultTypes: ["violations"], iframes: false })`,
	)) as AxeResults;
	return results.violations.flatMap(({ id, nodes }) =>
		nodes.slice(0, 3).map((node) => {
			const said = node.any.concat(node.all, node.none).map((one) => one.message);
			return `axe ${id}: ${node.target.join(" ")} ${node.html.slice(0, 120)} — ${said[0] ?? ""}`;
		}),
	);
}

/** Text that is cut, and a page wider than the screen. */
export function overflowFaults(page: Page): Promise<string[]> {
	return page.evaluate(() => {
		const faults: string[] = [];
		const root = document.documentElement;
		const told = (element: Element) =>
			`<${element.tagName.toLowerCase()} class="${element.getAttribute("class") ?? ""}"> ` +
			`“${(element.textContent ?? "").trim().slice(0, 40)}”`;
		const scrollsWithin = (element: Element | null): boolean =>
			element !== null &&
			(/auto|scroll|hidden/.test(getComputedStyle(element).overflowX) ||
				scrollsWithin(element.parentElement));
		if (root.scrollWidth > root.clientWidth + 1) {
			const wide = [...document.body.querySelectorAll("*")].filter(
				(element) =>
					element.getBoundingClientRect().right > root.clientWidth + 1 && !scrollsWithin(element),
			);
			const why = wide.slice(-2).map(told).join(", ");
			faults.push(`the page is ${root.scrollWidth} px wide: ${why}`);
		}
		const visible = (element: Element) => {
			const { width, height, right, bottom } = element.getBoundingClientRect();
			// A pixel or so is what only those who listen get; what is off the page comes by the keyboard.
			if (right + scrollX <= 0 || bottom + scrollY <= 0) return false;
			return width > 2 && height > 2 && element.checkVisibility({ visibilityProperty: true });
		};
		const hasText = (element: Element) =>
			[...element.childNodes].some(
				(node) => node.nodeType === Node.TEXT_NODE && node.textContent!.trim() !== "",
			);
		for (const element of document.body.querySelectorAll<HTMLElement>("*")) {
			if (!hasText(element) || !visible(element)) continue;
			// Where text is cut on purpose, the whole of it can be had by pointing.
			if (element.closest("[title]") || element.closest("svg, canvas, option")) continue;
			const own = getComputedStyle(element);
			const cuts = own.overflowX === "hidden" || own.overflowX === "clip";
			if (cuts && element.scrollWidth > element.clientWidth + 1)
				faults.push(`cut: ${told(element)} ${element.scrollWidth} > ${element.clientWidth}`);
			const cutsDown = own.overflowY === "hidden" || own.overflowY === "clip";
			if (cutsDown && element.scrollHeight > element.clientHeight + 3)
				faults.push(`cut below: ${told(element)}`);
			const text = document.createRange();
			text.selectNodeContents(element);
			const box = text.getBoundingClientRect();
			for (let around: HTMLElement | null = element; around; around = around.parentElement) {
				const style = getComputedStyle(around);
				if (style.overflowX === "auto" || style.overflowX === "scroll") break;
				const edge = around.getBoundingClientRect();
				const clips = style.overflowX === "hidden" || style.overflowX === "clip";
				const last = around === document.body;
				const right = last ? innerWidth : edge.right;
				if ((clips || last) && around !== element && (box.right > right + 1.5 || box.left < -1.5)) {
					faults.push(`beyond its edge: ${told(element)} ${box.right} > ${right}`);
					break;
				}
				if (style.position === "fixed") break;
			}
		}
		return faults;
	});
}

/** What one touches is 44 px or more; within a line of text, 24. */
export function targetFaults(page: Page): Promise<string[]> {
	return page.evaluate(() => {
		const faults: string[] = [];
		const touched =
			"a[href], button, input, select, textarea, summary, [role=button], [role=tab], [role=switch]";
		for (const element of document.body.querySelectorAll<HTMLElement>(touched)) {
			if (!element.checkVisibility({ visibilityProperty: true })) continue;
			if (element.closest("[inert], [aria-hidden=true]")) continue;
			if (element instanceof HTMLInputElement && element.type === "hidden") continue;
			const boxes = [element, ...((element as HTMLInputElement).labels ?? [])].map((one) =>
				one.getBoundingClientRect(),
			);
			// A box to tick is as large as its words.
			const ticked =
				element instanceof HTMLInputElement && ["checkbox", "radio"].includes(element.type);
			const field = element.closest(".mantine-Input-wrapper");
			const used = ticked ? boxes : [(field ?? element).getBoundingClientRect()];
			if (used[0]!.right + scrollX <= 0) continue;
			const width =
				Math.max(...used.map((one) => one.right)) - Math.min(...used.map((b) => b.left));
			const height = Math.max(...used.map((b) => b.bottom)) - Math.min(...used.map((b) => b.top));
			if (width < 3 || height < 3) continue; // for those who listen
			const inline = getComputedStyle(element).display === "inline";
			const least = inline || ticked ? 23.5 : 43.5;
			if (height < least || width < (inline ? 0 : 23.5))
				faults.push(
					`small target ${Math.round(width)}×${Math.round(height)}: <${element.tagName.toLowerCase()}` +
						` class="${element.getAttribute("class") ?? ""}"> ` +
						`“${(element.getAttribute("aria-label") ?? element.textContent ?? "").trim().slice(0, 30)}”`,
				);
		}
		return faults;
	});
}
