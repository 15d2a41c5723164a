// Every icon that the page uses, one by one: the package's index has thousands, which the bundler
// would all read.
export { default as IconAddressBook } from "@tabler/icons-react/dist/esm/icons/IconAddressBook.mjs";
export { default as IconBellOff } from "@tabler/icons-react/dist/esm/icons/IconBellOff.mjs";
export { default as IconDotsVertical } from "@tabler/icons-react/dist/esm/icons/IconDotsVertical.mjs";
export { default as IconHeartbeat } from "@tabler/icons-react/dist/esm/icons/IconHeartbeat.mjs";
export { default as IconInbox } from "@tabler/icons-react/dist/esm/icons/IconInbox.mjs";
export { default as IconLanguage } from "@tabler/icons-react/dist/esm/icons/IconLanguage.mjs";
export { default as IconLayoutGrid } from "@tabler/icons-react/dist/esm/icons/IconLayoutGrid.mjs";
export { default as IconLogout } from "@tabler/icons-react/dist/esm/icons/IconLogout.mjs";
export { default as IconMoon } from "@tabler/icons-react/dist/esm/icons/IconMoon.mjs";
export { default as IconPhone } from "@tabler/icons-react/dist/esm/icons/IconPhone.mjs";
export { default as IconSettings } from "@tabler/icons-react/dist/esm/icons/IconSettings.mjs";
export { default as IconShieldCog } from "@tabler/icons-react/dist/esm/icons/IconShieldCog.mjs";
export { default as IconSun } from "@tabler/icons-react/dist/esm/icons/IconSun.mjs";
