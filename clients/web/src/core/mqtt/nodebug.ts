// Instead of "debug": mqtt.js logs nothing here.
const silent = () => Object.assign(() => {}, { enabled: false, extend: silent });
export default silent as () => () => void;
