// Instead of "lru-cache", which mqtt.js has for topic aliases; this page asks for none.
export class LRUCache {}
