"""WeCom customer service (微信客服): told of news by sealed calls, fetched page by page."""
