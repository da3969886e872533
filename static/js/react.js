export * from './client/react.js'; // the address that pages import
