export * from './client/realtime-analytics-polling.js'; // the address that pages import
