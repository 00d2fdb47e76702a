export { type LocalLoop, type LocalLoopOptions, type LocalModel, startLocalLoop } from './local/local-loop';
export { findManifest, type Manifest, readManifests, synthesize, unseenProps } from './manifests';
