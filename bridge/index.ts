export { type RunningBridge, startBridge } from './bridge';
export { type BridgeConfig, type BridgeConfigInput, loadBridgeConfig, parseBridgeConfig } from './config';
export { BRIDGE_ERRORS, BridgeError, type BridgeErrorCode } from './errors';
