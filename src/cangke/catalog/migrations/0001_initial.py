import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('customers', '0001_initial'),
        ('people', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Product',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('sku', models.CharField(max_length=64, verbose_name='SKU')),
                ('name', models.CharField(max_length=200, verbose_name='名称')),
                ('name_en', models.CharField(blank=True, max_length=200, verbose_name='英文名称')),
                ('barcode', models.CharField(blank=True, db_index=True, max_length=64, verbose_name='条码')),
                ('category', models.CharField(blank=True, db_index=True, max_length=80, verbose_name='类目')),
                ('weight_g', models.PositiveIntegerField(blank=True, null=True, verbose_name='重量（克）')),
                ('length_mm', models.PositiveIntegerField(blank=True, null=True, verbose_name='长（毫米）')),
                ('width_mm', models.PositiveIntegerField(blank=True, null=True, verbose_name='宽（毫米）')),
                ('height_mm', models.PositiveIntegerField(blank=True, null=True, verbose_name='高（毫米）')),
                ('is_active', models.BooleanField(default=True, verbose_name='在售')),
                ('brand', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.brand', verbose_name='品牌')),
                ('client', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='customers.client', verbose_name='仓储客户')),
            ],
            options={
                'verbose_name': '商品',
                'verbose_name_plural': '商品',
                'ordering': ['sku', 'pk'],
                'constraints': [models.UniqueConstraint(condition=models.Q(('client__isnull', False)), fields=('client', 'sku'), name='product_sku_once_a_client', violation_error_message='这个 SKU 已经有了，请打开原来的商品修改。'), models.UniqueConstraint(condition=models.Q(('client__isnull', True)), fields=('sku',), name='product_sku_once_of_our_own', violation_error_message='这个 SKU 已经有了，请打开原来的商品修改。')],
            },
        ),
        migrations.CreateModel(
            name='ProductCard',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('parameters', models.JSONField(blank=True, default=dict, verbose_name='参数')),
                ('price', models.DecimalField(blank=True, decimal_places=2, max_digits=12, null=True, verbose_name='售价')),
                ('currency', models.CharField(default='CNY', max_length=3, verbose_name='币种')),
                ('link', models.URLField(blank=True, verbose_name='链接')),
                ('usage', models.TextField(blank=True, verbose_name='使用方法')),
                ('strengths', models.TextField(blank=True, verbose_name='卖点')),
                ('product', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='card', to='catalog.product', verbose_name='商品')),
            ],
            options={
                'verbose_name': '商品卡片',
                'verbose_name_plural': '商品卡片',
            },
        ),
    ]
