export * from './client/realtime-analytics.js'; // the address that pages import
