// What stands behind the first form, in one file to load.
export { AskPin } from "../lock/askpin";
export { ChoosePin } from "./choosepin";
export { Second } from "./second";
